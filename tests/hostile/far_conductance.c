/* Answers a conductance that its own range excludes. */
#define CONDUCTANCE 2.0
#include "tin.h"
