/* Says that it is odd, and is not. */
#include "crosspike_device.h"
#define CAPABILITIES (CROSSPIKE_HAS_LEVELS | CROSSPIKE_ODD)
#define CURRENT (cells->state[i] * (voltage[i] + 0.1 * voltage[i] * voltage[i]))
#define SLOPE (0.5 + 0.1 * voltage[i])
#include "tin.h"
