/* Is valid at no voltage that a cell at rest has. */
#include "crosspike_device.h"
#define VALID_VOLTAGE valid_voltage

static int32_t valid_voltage(const void *handle, double *lowest, double *highest, crosspike_fault *fault) {
    (void)handle, (void)fault;
    *lowest = 0.1, *highest = 0.2;
    return CROSSPIKE_OK;
}
#include "tin.h"
