"""Help for tests that run the program on real files and real git."""
