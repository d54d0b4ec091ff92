/* Nothing is wrong, except that a current flows at 0 V. */
#define CURRENT cells->state[i] * voltage[i] + 1
#define CONDUCTANCE cells->state[5]
#include "tin.h"
