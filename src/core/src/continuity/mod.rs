//! Continuity: whether a shot really starts where another ended, said as a score.
