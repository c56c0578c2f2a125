"""The switch of languages at the foot of every page for guests."""

from typing import Annotated, Any

from litestar import Response, Router, get
from litestar.params import FromPath, QueryParameter

from spa_pos.kernel.errors import NotFound
from spa_pos.people.pages.session import GUEST, settings_of
from spa_pos.web.answers import AnyRequest, local_path, see
from spa_pos.web.i18n import LANGUAGES
from spa_pos.web.i18n import gettext as _
from spa_pos.web.language import language_cookie

Next = Annotated[str | None, QueryParameter(name="next")]


@get("/language/{language:str}", opt=dict(GUEST))
async def choose_language(
    request: AnyRequest, language: FromPath[str], next_path: Next = None
) -> Response[Any]:
    """Speak another language to this browser from now on.

    Raises:
        NotFound: `language-unknown`.
    """
    if language not in LANGUAGES:
        raise NotFound("language-unknown", _("We do not speak this language yet."))
    answer = see(request, local_path(next_path, "/"))
    answer.set_cookie(language_cookie(language, secure=settings_of(request).secure_cookies))
    return answer


router = Router("/", route_handlers=[choose_language])
