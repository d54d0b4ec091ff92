/* Nothing is wrong: the conductance of a cell is its parameter, which may vary; cell 5 answers OWN times as much. */
#ifndef OWN
#define OWN 1.0
#endif
#define PARAMETERS {"g", "S", "conductance", CROSSPIKE_NUMBER, CROSSPIKE_VARIES, 0.5, 0.25, 8.0, NULL}
#define CONDUCTANCE (OWN * (cells->parameters && cells->parameters[0] ? cells->parameters[0][5] : 0.5))
#include "tin.h"
