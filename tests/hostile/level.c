/* Nothing is wrong: a cell of one level, 0.5 S. */
#include "crosspike_device.h"
#define CAPABILITIES CAPABLE
#define CAPABLE CROSSPIKE_HAS_LEVELS
#define CURRENT (cells->state[i] * voltage[i])
#include "tin.h"
