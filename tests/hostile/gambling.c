/* Takes random numbers without saying that it is stochastic. */
#include "crosspike_device.h"
#define CAPABILITIES CAPABLE
#define CAPABLE CROSSPIKE_HAS_LEVELS
#define CURRENT (cells->state[i] * voltage[i])
#define ADVANCE_DRAWS 1
#include "tin.h"
