/* Answers that a conductance is not a number. */
#define CONDUCTANCE NAN
#include "tin.h"
