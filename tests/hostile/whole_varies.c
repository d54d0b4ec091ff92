/* Declares that a whole number varies from cell to cell. */
#define PARAMETERS {"count", "1", "a whole number", CROSSPIKE_NUMBER, CROSSPIKE_INTEGER | CROSSPIKE_VARIES, 2, 1, 9, NULL}
#include "tin.h"
