/* Says that it is linear, and is not. */
#include "crosspike_device.h"
#define CAPABILITIES (CROSSPIKE_HAS_LEVELS | CROSSPIKE_LINEAR)
#define CURRENT (cells->state[i] * voltage[i] * (1.0 + voltage[i] * voltage[i]))
#define SLOPE (0.5 + 1.5 * voltage[i] * voltage[i])
#include "tin.h"
