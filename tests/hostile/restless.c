/* Moves at 0 V without saying that it is volatile. */
#include "crosspike_device.h"
#define CAPABILITIES CAPABLE
#define CAPABLE CROSSPIKE_HAS_LEVELS
#define CURRENT (cells->state[i] * voltage[i])
#define BEFORE_ADVANCE cells->state[0] = 0.5 + 0.01 * (cells->state[0] == 0.5)
#include "tin.h"
