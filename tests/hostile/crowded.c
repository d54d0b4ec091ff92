/* Lets a cell depend on how many others are in its batch. */
#include "crosspike_device.h"
#define CAPABILITIES CAPABLE
#define CAPABLE CROSSPIKE_HAS_LEVELS
#define CURRENT (cells->state[i] * voltage[i])
#define BEFORE_ADVANCE cells->state[0] = 0.5 + 1e-4 * (double)cells->count
#include "tin.h"
