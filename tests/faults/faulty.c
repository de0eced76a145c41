/* Loaded into every process of one run by LD_PRELOAD: counts the calls that change a file system, over all processes
 * as one sequence, and at the n-th kills the run, or lets the call fail.
 *
 * The count lies in a file that all of them map (AUTOSYNC_FAULTS names it). A kill sets `dead` and kills the run's
 * first process and the caller; any other process dies at its next call here, and the worker that started the run
 * ends the rest. Calls on pipes, terminals, devices and /proc do not count.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { KILL = 1, FAIL_ONCE = 2, FAIL_ON = 3 };
enum { GO = 0, FAIL = 1, HALF = 2 };
enum { LOGGED = 8192, WORDS = 240 };

struct control {          /* tests/faults/shim.py writes and reads it in this form */
    uint64_t count;       /* calls so far */
    uint64_t target;      /* n; 0: count only */
    uint32_t act;         /* KILL, FAIL_ONCE, FAIL_ON */
    uint32_t error;       /* errno of a failing call */
    uint32_t half;        /* a write is done by half first */
    uint32_t spare;       /* the remote's own processes neither count nor die */
    uint32_t dead, fired; /* set here */
    uint32_t root;        /* the run's first process, set by it */
    uint32_t alone;       /* a kill ends the caller and nobody else */
    char log[LOGGED][WORDS]; /* what the n-th call was */
};

static struct control *control;

static void map(const char *path) {
    int fd = syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return;
    void *at = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (at != MAP_FAILED)
        control = at;
}

/* Called by the worker in the process that becomes the run. */
void autosync_faults_arm(const char *path) {
    map(path);
    if (control)
        control->root = getpid();
}

static int is_remote(void) {
    if (getenv("AUTOSYNC_FAULTS_REMOTE"))
        return 1;
    char words[4096] = "";
    int fd = syscall(SYS_openat, AT_FDCWD, "/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t size = syscall(SYS_read, fd, words, sizeof words - 1);
    syscall(SYS_close, fd);
    for (ssize_t i = 0; i < size; i++)
        if (!words[i])
            words[i] = ' ';
    if (!strstr(words, "receive-pack") && !strstr(words, "upload-pack"))
        return 0;
    if (strstr(words, " push ") || strstr(words, " fetch ") || strstr(words, " ls-remote "))
        return 0;
    setenv("AUTOSYNC_FAULTS_REMOTE", "1", 1); /* its children belong to it */
    return 1;
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("AUTOSYNC_FAULTS");
    if (path)
        map(path);
    if (control && control->spare && is_remote())
        control = NULL;
}

static void die(void) {
    if (!control->alone) {
        __atomic_store_n(&control->dead, 1, __ATOMIC_SEQ_CST);
        syscall(SYS_kill, control->root, SIGKILL);
    }
    syscall(SYS_kill, (int)syscall(SYS_getpid), SIGKILL);
    for (;;)
        pause();
}

/* One call: what is to become of it. frees: a full disk does not stop it. */
static int gate(const char *name, const char *what, int frees, int writes) {
    int kept = errno;
    if (!control)
        return GO;
    if (__atomic_load_n(&control->dead, __ATOMIC_SEQ_CST))
        die();
    uint64_t n = __atomic_add_fetch(&control->count, 1, __ATOMIC_SEQ_CST);
    if (n <= LOGGED)
        snprintf(control->log[n - 1], WORDS, "%s %s%s %s", program_invocation_short_name, name,
                 writes ? "+" : frees ? "-" : "", what); /* +: can be done by half; -: a full disk does not stop it */
    errno = kept;
    uint64_t target = control->target;
    if (!target || n < target || (n > target && control->act != FAIL_ON))
        return GO;
    if (control->act == KILL) {
        control->fired = 1;
        if (writes && control->half)
            return HALF;
        die();
    }
    if (frees && control->error == ENOSPC)
        return GO;
    control->fired = 1;
    if (n == target && writes && control->half)
        return HALF;
    errno = control->error;
    return FAIL;
}

static int at_path(const char *name, const char *path, int frees) {
    int in_proc = path && !strncmp(path, "/proc/", 6) && strncmp(path, "/proc/self/fd/", 14);
    if (!path || in_proc || !strncmp(path, "/dev/null", 9) || !strncmp(path, "/dev/tty", 8))
        return GO; /* /dev/shm holds files like any other */
    return gate(name, path, frees, 0);
}

static int at_fd(const char *name, int fd, int frees, int writes) {
    int kept = errno;
    struct stat facts;
    char link[64], what[WORDS] = "";
    if (!control || fd < 3 || fstat(fd, &facts) != 0 || !(S_ISREG(facts.st_mode) || S_ISDIR(facts.st_mode))) {
        errno = kept;
        return GO;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, what, sizeof what - 1);
    what[size > 0 ? size : 0] = 0;
    errno = kept;
    return gate(name, what, frees, writes);
}

static int opens(int dir, const char *path, int flags) {
    if (!control || (flags & O_ACCMODE) == O_RDONLY || flags & O_PATH)
        return GO;
    int kept = errno;
    int there = !(flags & O_CREAT) || faccessat(dir, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
    errno = kept;
    return at_path(there ? "open" : "create", path, there);
}

#define REAL(type, name, ...)                                                                                          \
    static type (*real)(__VA_ARGS__);                                                                                  \
    if (!real)                                                                                                         \
        real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name);

#define MODE(flags)                                                                                                    \
    mode_t mode = 0;                                                                                                   \
    if ((flags) & (O_CREAT | O_TMPFILE)) {                                                                             \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        mode = va_arg(more, mode_t);                                                                                   \
        va_end(more);                                                                                                  \
    }

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        MODE(flags)                                                                                                    \
        REAL(int, name, const char *, int, ...)                                                                        \
        return opens(AT_FDCWD, path, flags) ? -1 : real(path, flags, mode);                                            \
    }
#define OPENAT(name)                                                                                                   \
    int name(int dir, const char *path, int flags, ...) {                                                              \
        MODE(flags)                                                                                                    \
        REAL(int, name, int, const char *, int, ...)                                                                   \
        return opens(dir, path, flags) ? -1 : real(dir, path, flags, mode);                                            \
    }
OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)

#undef fopen
#undef fopen64
#define FOPEN(name)                                                                                                    \
    FILE *name(const char *path, const char *mode) {                                                                   \
        REAL(FILE *, name, const char *, const char *)                                                                 \
        if (*mode != 'r' && at_path("fopen", path, 0))                                                                 \
            return NULL;                                                                                               \
        return real(path, mode);                                                                                       \
    }
FOPEN(fopen)
FOPEN(fopen64)

static int flushes(FILE *file) {
    int fd = fileno(file);
    return fd >= 0 && (fcntl(fd, F_GETFL) & O_ACCMODE) != O_RDONLY ? at_fd("flush", fd, 0, 0) : GO;
}

int fclose(FILE *file) {
    REAL(int, fclose, FILE *)
    int fails = control ? flushes(file) : GO, error = errno;
    int result = real(file);
    if (fails)
        errno = error;
    return fails ? EOF : result;
}

int fflush(FILE *file) {
    REAL(int, fflush, FILE *)
    return control && file && flushes(file) ? EOF : real(file);
}

ssize_t write(int fd, const void *data, size_t size) {
    REAL(ssize_t, write, int, const void *, size_t)
    int fate = at_fd("write", fd, 0, size > 1);
    if (fate == FAIL)
        return -1;
    ssize_t done = real(fd, data, fate == HALF ? size / 2 : size);
    if (fate == HALF && control->act == KILL)
        die();
    return done;
}

#define PWRITE(name)                                                                                                   \
    ssize_t name(int fd, const void *data, size_t size, off_t at) {                                                    \
        REAL(ssize_t, name, int, const void *, size_t, off_t)                                                          \
        return at_fd(#name, fd, 0, 0) ? -1 : real(fd, data, size, at);                                                 \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define BY_FD(type, name, frees, given, passed, ...)                                                                   \
    type name(int fd given) {                                                                                          \
        REAL(type, name, int, ##__VA_ARGS__)                                                                           \
        return at_fd(#name, fd, frees, 0) ? -1 : real(fd passed);                                                      \
    }
#define COMMA ,
BY_FD(int, fsync, 0, , )
BY_FD(int, fdatasync, 0, , )
BY_FD(int, syncfs, 0, , )
BY_FD(int, ftruncate, 1, COMMA off_t size, COMMA size, off_t)
BY_FD(int, ftruncate64, 1, COMMA off_t size, COMMA size, off_t)
BY_FD(int, fchmod, 1, COMMA mode_t mode, COMMA mode, mode_t)
BY_FD(ssize_t, writev, 0, COMMA const struct iovec *parts COMMA int number, COMMA parts COMMA number,
      const struct iovec *, int)

#define BY_PATH(name, frees, path, given, passed, ...)                                                                 \
    int name given {                                                                                                   \
        REAL(int, name, __VA_ARGS__)                                                                                   \
        return at_path(#name, path, frees) ? -1 : real passed;                                                         \
    }
BY_PATH(mkdir, 0, a, (const char *a, mode_t m), (a, m), const char *, mode_t)
BY_PATH(mkdirat, 0, a, (int d, const char *a, mode_t m), (d, a, m), int, const char *, mode_t)
BY_PATH(rmdir, 1, a, (const char *a), (a), const char *)
BY_PATH(unlink, 1, a, (const char *a), (a), const char *)
BY_PATH(unlinkat, 1, a, (int d, const char *a, int f), (d, a, f), int, const char *, int)
BY_PATH(chmod, 1, a, (const char *a, mode_t m), (a, m), const char *, mode_t)
BY_PATH(fchmodat, 1, a, (int d, const char *a, mode_t m, int f), (d, a, m, f), int, const char *, mode_t, int)
BY_PATH(truncate, 1, a, (const char *a, off_t s), (a, s), const char *, off_t)
BY_PATH(rename, 0, b, (const char *a, const char *b), (a, b), const char *, const char *)
BY_PATH(renameat, 0, b, (int d, const char *a, int e, const char *b), (d, a, e, b), int, const char *, int,
        const char *)
BY_PATH(renameat2, 0, b, (int d, const char *a, int e, const char *b, unsigned f), (d, a, e, b, f), int, const char *,
        int, const char *, unsigned)
BY_PATH(link, 0, b, (const char *a, const char *b), (a, b), const char *, const char *)
BY_PATH(linkat, 0, b, (int d, const char *a, int e, const char *b, int f), (d, a, e, b, f), int, const char *, int,
        const char *, int)
BY_PATH(symlink, 0, b, (const char *a, const char *b), (a, b), const char *, const char *)
BY_PATH(symlinkat, 0, b, (const char *a, int d, const char *b), (a, d, b), const char *, int, const char *)
