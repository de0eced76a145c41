/* Takes away what makes writes last, to see that the tests of power cuts notice.
   NOSYNC=all: every call. NOSYNC=syncfs: that one alone, as a program does that trusts git's core.fsync. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

static int all(void) {
    const char *what = getenv("NOSYNC");
    return what && !strcmp(what, "all");
}

int syncfs(int fd) { (void)fd; return 0; }
void sync(void) {}

int fsync(int fd) {
    if (all()) return 0;
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}

int fdatasync(int fd) {
    if (all()) return 0;
    return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd);
}

int sync_file_range(int fd, off_t offset, off_t count, unsigned int flags) {
    if (all()) return 0;
    return ((int (*)(int, off_t, off_t, unsigned int))dlsym(RTLD_NEXT, "sync_file_range"))(fd, offset, count, flags);
}
