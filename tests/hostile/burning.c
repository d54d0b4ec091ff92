/* Fails in `advance` with a message and a cell. */
#define BEFORE_ADVANCE                                                                                                 \
    strcpy(fault->message, "the filament has burnt through");                                                          \
    fault->cell = 3;                                                                                                   \
    return CROSSPIKE_FAILED
#include "tin.h"
