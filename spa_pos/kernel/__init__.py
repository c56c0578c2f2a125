"""Words every capability uses; pure."""
