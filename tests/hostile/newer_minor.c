/* Was built for a minor version that does not exist yet. */
#define MINOR (CROSSPIKE_ABI_MINOR + 1)
#include "tin.h"
