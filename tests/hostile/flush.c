/* Switches denormal numbers off, as -ffast-math does, when it is opened and in `advance`. */
#if defined(__x86_64__)
#define FLUSH __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040)
#elif defined(__aarch64__)
#define FLUSH __asm__ volatile("msr fpcr, %0" ::"r"(1ul << 24))
#else
#define FLUSH (void)0
#endif
#define BEFORE_ADVANCE FLUSH
#include "tin.h"
__attribute__((constructor)) static void opened(void) { FLUSH; }
