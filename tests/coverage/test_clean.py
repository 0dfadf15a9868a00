"""What the services wrote is what the log says."""

from __future__ import annotations

import pytest

from tests.coverage.reading import differences, missing_rows
from tests.coverage.world import WORLDS


@pytest.mark.django_db
@pytest.mark.parametrize("context", WORLDS)
def test_what_services_wrote_differs_in_nothing(context: str) -> None:
    WORLDS[context]()

    assert differences() == []
    assert missing_rows() == []
