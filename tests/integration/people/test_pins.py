"""What is stored of a PIN, and what it costs to try one."""

import subprocess
import sys
from uuid import UUID

from spa_pos.people.pins import hash_pin, pin_matches
from spa_pos.settings import PROJECT

MAYA, OWEN = UUID(int=1), UUID(int=2)

HASHED = (
    "from uuid import UUID; from spa_pos.people.pins import hash_pin;"
    " print(hash_pin('4071', UUID(int=1), 'a secret'))"
)


def test_the_program_lets_every_try_cost_memory_and_time() -> None:
    """Asked in a process of its own: the tests' own PINs are cheap."""
    told = subprocess.run(
        [sys.executable, "-c", HASHED], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    assert told.stdout.startswith("$argon2id$v=19$m=32768,t=2,p=1$")


async def test_a_pin_matches_for_its_person_and_secret_alone() -> None:
    kept = hash_pin("4071", MAYA, "a secret")
    assert "4071" not in kept and hash_pin("4071", MAYA, "a secret") != kept, "every one has salt of its own"
    assert await pin_matches("4071", kept, MAYA, "a secret")
    assert not await pin_matches("4072", kept, MAYA, "a secret")
    assert not await pin_matches("4071", kept, OWEN, "a secret")
    assert not await pin_matches("4071", kept, MAYA, "another secret")
    assert not await pin_matches("4071", "no hash at all", MAYA, "a secret")
