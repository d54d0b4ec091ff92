/* Needs a function that no library has. */
double crosspike_test_nowhere(double);
#define CURRENT crosspike_test_nowhere(1.0)
#include "tin.h"
