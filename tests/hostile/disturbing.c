/* Changes the state of a cell that is read. */
#include "crosspike_device.h"
#define CAPABILITIES CAPABLE
#define CAPABLE CROSSPIKE_HAS_LEVELS
#define CURRENT ((cells->state[i] += 1e-9) * voltage[i])
#include "tin.h"
