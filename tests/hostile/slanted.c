/* Gives a slope that is half of the derivative. */
#include "crosspike_device.h"
#define CAPABILITIES CAPABLE
#define CAPABLE CROSSPIKE_HAS_LEVELS
#define CURRENT (cells->state[i] * voltage[i])
#define SLOPE 0.25
#include "tin.h"
