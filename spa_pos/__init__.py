"""spa_pos: point of sale, booking and membership for a spa."""
