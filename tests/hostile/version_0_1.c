/* Nothing is wrong: was built against the first header of all, whose cells and model tables end earlier. */
#include "version_0_1/crosspike_device.h"
#include "tin.h"
