#include "trace/trace-memory.h"
