/* Declares noise, but has no function that gives it. */
#include "crosspike_device.h"
#define CAPABILITIES CROSSPIKE_NOISY
#include "tin.h"
