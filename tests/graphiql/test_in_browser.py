"""GraphiQL as a person uses it: the service of `make run`, and a real browser that can reach no other host."""

import json
import re
from urllib.parse import urlsplit

import pytest

from app.api.graphiql.page import EXAMPLES
from tests.graphiql.browser import Browser, Page
from tests.graphiql.conftest import Served

RUN = "button.graphiql-execute-button"
RESULT = ".result-window"
QUERY = ".graphiql-query-editor"
TOOLS = ".graphiql-editor-tool"
TAB = '[role="tab"]'

NAMES = [
    re.findall(r"(?:query|mutation) (\w+)", each["query"])[0] for each in json.loads(EXAMPLES.read_text())
]
WHO = "query Who { entity { code } }"


def shows(selector: str, text: str) -> str:
    """The condition that an element's text, as a reader sees it, contains `text`."""
    return (
        f"[...document.querySelectorAll({selector!r})].some((element) => element.checkVisibility() && "
        f"element.innerText.replaceAll('\\u00a0', ' ').includes({text!r}))"
    )


def stored(text: str) -> str:
    """The condition that GraphiQL has put `text` into the storage of its tabs; it does so after a pause."""
    return f"localStorage.getItem('graphiql:tabState')?.includes({text!r})"


def stored_headers(page: Page, pattern: str) -> list[str]:
    """What matches in the stored headers of all tabs, one text a tab."""
    tabs = json.loads(page.evaluate("localStorage.getItem('graphiql:tabState')"))["tabs"]
    return [found for tab in tabs for found in re.findall(pattern, tab["headers"] or "")]


def run(page: Page, expected: str) -> None:
    page.click(RUN)
    page.wait_until(shows(RESULT, expected))


def run_operation(page: Page, place: int, expected: str) -> None:
    """One of a tab's operations, from 1, chosen at the run button; it is a menu once the page has read them."""
    page.click(f'{RUN}[aria-haspopup="menu"]')
    page.click(f'[role="menuitem"]:nth-of-type({place})')
    page.wait_until(shows(RESULT, expected))


def open_tab(page: Page, name: str) -> None:
    page.click(f"{TAB}:nth-of-type({NAMES.index(name) + 1}) button")
    page.wait_until(shows(QUERY, name))


def tabs(page: Page) -> list[str]:
    names: list[str] = page.evaluate(
        f"[...document.querySelectorAll({TAB!r})].map((tab) => tab.innerText.trim())"
    )
    return names


def write_operation(page: Page, text: str) -> None:
    """Replaces what is in the operation editor by `text`, by keyboard."""
    page.click(f"{QUERY} .view-line")
    page.press("a", ctrl=True)
    page.write(text)
    page.wait_until(shows(QUERY, text.splitlines()[-1].strip()))


def assert_clean(page: Page) -> None:
    hosts = {urlsplit(url).hostname for url in page.requests if urlsplit(url).scheme not in {"data", "blob"}}
    assert hosts == {"127.0.0.1"}
    assert page.console_errors == []


@pytest.fixture
def page(browser: Browser, served: Served) -> Page:
    """A first visit by the link that `make run` prints."""
    page = browser.open_page(served.link)
    page.wait_until(shows(QUERY, "query WhyThisBalance"))
    return page


def test_an_example_shows_a_number_of_the_sample_books_and_no_other_host_is_asked(page: Page) -> None:
    run(page, '"totalAmount": "2464.73"')
    page.click(f"{QUERY} .view-line")
    assert_clean(page)


def test_every_example_is_a_tab_with_its_variables(page: Page) -> None:
    assert tabs(page) == NAMES
    open_tab(page, "AccountOverview")
    page.click('[data-name="variables"]')
    page.wait_until(shows(TOOLS, '"number": "A-1002"'))
    run_operation(page, 1, '"name": "Lone Star Rigging Co."')
    assert_clean(page)


def test_an_example_finds_the_ids_of_these_books_in_its_variables(page: Page) -> None:
    open_tab(page, "CreditHalf")
    page.wait_until(shows(TOOLS, '"invoiceLineId": "invl_'))
    run_operation(page, 1, '"dryRun": true')
    page.wait_until(shows(RESULT, '"taxAmount": "10.73"'))
    assert_clean(page)


def test_the_operations_of_a_tab_are_run_one_after_another_with_the_same_variables(page: Page) -> None:
    open_tab(page, "MakeMemo")
    run_operation(page, 1, '"replayed": false')
    run_operation(page, 3, '"status": "VOIDED"')
    run_operation(page, 4, '"reversed": true')
    run_operation(page, 1, '"replayed": true')
    page.wait_until(shows(RESULT, '"status": "POSTED"'))
    assert_clean(page)


def test_the_token_of_the_link_is_sent_and_leaves_the_address_bar(page: Page, served: Served) -> None:
    assert page.evaluate("location.href") == served.page
    write_operation(page, WHO)
    run(page, '"code": "harbor-tools"')
    assert_clean(page)


def test_a_link_may_name_the_entity(browser: Browser, served: Served) -> None:
    page = browser.open_page(f"{served.link}&entity=meridian-cloud")
    page.wait_until(shows(QUERY, "query WhyThisBalance"))
    write_operation(page, WHO)
    run(page, '"code": "meridian-cloud"')
    page.wait_until(stored("Who"))
    assert stored_headers(page, '"X-Entity-Id": "([^"]+)"') == ["meridian-cloud"] * len(NAMES)
    assert_clean(page)


def test_a_second_visit_finds_the_tabs_and_the_token_of_the_first(page: Page, served: Served) -> None:
    write_operation(page, WHO)
    page.wait_until(stored("Who"))
    page.load(served.page)
    page.wait_until(shows(QUERY, "query Who"))
    assert tabs(page) == ["Who", *NAMES[1:]]
    run(page, '"code": "harbor-tools"')
    assert_clean(page)


def test_a_new_token_takes_the_place_of_the_old_one_in_every_tab(page: Page, served: Served) -> None:
    open_tab(page, NAMES[1])
    page.wait_until(stored('"activeTabIndex":1'))
    page.load(f"{served.page}#token=second")
    page.wait_until(shows(QUERY, f"query {NAMES[1]}"))
    assert stored_headers(page, r"Bearer ([\w-]+)") == ["second"] * len(NAMES)
    assert tabs(page) == NAMES
    run(page, "UNAUTHENTICATED")
    page.load(served.link)
    page.wait_until(shows(QUERY, f"query {NAMES[1]}"))
    run(page, '"totalCount"')


def test_prettify_orders_the_operation_and_keeps_its_comments(page: Page) -> None:
    write_operation(page, 'query Mine { # whose\n  entity{code}, node(id:"a"){id} }')
    page.click('button[aria-label^="Prettify"]')
    page.wait_until(shows(QUERY, 'node(id: "a") {'))
    assert "# whose" in page.text_of(f"{QUERY} .view-lines")
    assert_clean(page)


def test_the_schema_is_known_to_the_editor_the_explorer_and_the_documentation(page: Page) -> None:
    page.click('button[aria-label^="Show Documentation"]')
    page.wait_until(shows(".graphiql-plugin", "Query"))
    page.click('button[aria-label^="Show GraphiQL Explorer"]')
    page.wait_until(shows(".graphiql-plugin", "creditMemoApplications"))
    write_operation(page, "query Mine { nothing }")
    page.wait_until(f"document.querySelector('{QUERY} .squiggly-error')")
    for worker in ("editor", "json", "graphql"):
        assert any(f"/assets/{worker}.worker-" in url for url in page.requests), worker
    assert_clean(page)
