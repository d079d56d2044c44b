"""GraphiQL as a person uses it, in a real browser that can reach no other host."""

from urllib.parse import urlsplit

import pytest

from tests.graphiql.browser import Browser, Page

RUN = "button.graphiql-execute-button"
RESULT = ".result-window"
QUERY = ".graphiql-query-editor"
TOOLS = ".graphiql-editor-tool"
TAB = '[role="tab"]'


def shows(selector: str, text: str) -> str:
    """The condition that an element's text, as a reader sees it, contains `text`."""
    return (
        f"[...document.querySelectorAll({selector!r})].some((element) => element.checkVisibility() && "
        f"element.innerText.replaceAll('\\u00a0', ' ').includes({text!r}))"
    )


def stored(text: str) -> str:
    """The condition that GraphiQL has put `text` into the storage of its tabs; it does so after a pause."""
    return f"localStorage.getItem('graphiql:tabState')?.includes({text!r})"


def run(page: Page, expected: str) -> None:
    page.click(RUN)
    page.wait_until(shows(RESULT, expected))


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
def page(browser: Browser, service_url: str) -> Page:
    """A first visit by a link with a token."""
    page = browser.open_page(f"{service_url}/graphiql#token=first")
    page.wait_until(shows(QUERY, "__typename"))
    return page


def test_an_example_runs_and_nothing_but_this_service_is_asked(page: Page) -> None:
    run(page, '"__typename": "Query"')
    page.click(f"{QUERY} .view-line")
    assert_clean(page)


def test_every_example_is_a_tab_with_its_variables(page: Page) -> None:
    assert tabs(page) == ["Ping", "QueryRoot", "Describe"]
    page.click(f"{TAB}:nth-of-type(3) button")
    page.wait_until(shows(QUERY, "query Describe"))
    page.click('[data-name="variables"]')
    page.wait_until(shows(TOOLS, '"name": "Query"'))
    run(page, '"description": "The text, again."')
    assert_clean(page)


def test_the_token_of_the_link_is_sent_and_leaves_the_address_bar(page: Page, service_url: str) -> None:
    assert page.evaluate("location.href") == f"{service_url}/graphiql"
    write_operation(page, "query Mine { authorization }")
    run(page, '"authorization": "Bearer first"')
    assert_clean(page)


def test_a_second_visit_finds_the_tabs_and_the_token_of_the_first(page: Page, service_url: str) -> None:
    write_operation(page, "query Mine { authorization }")
    run(page, "Bearer first")
    page.wait_until(stored("Mine"))
    page.load(f"{service_url}/graphiql")
    page.wait_until(shows(QUERY, "query Mine"))
    assert tabs(page) == ["Mine", "QueryRoot", "Describe"]
    run(page, "Bearer first")
    assert_clean(page)


def test_a_new_token_takes_the_place_of_the_old_one_in_every_tab(page: Page, service_url: str) -> None:
    page.click(f"{TAB}:nth-of-type(2) button")
    page.wait_until(shows(QUERY, "query QueryRoot"))
    page.wait_until(stored('"activeTabIndex":1'))
    page.load(f"{service_url}/graphiql#token=second")
    page.wait_until(shows(QUERY, "query QueryRoot"))
    assert (
        page.evaluate("localStorage.getItem('graphiql:tabState').match(/Bearer \\w+/g)")
        == ["Bearer second"] * 3
    )
    assert tabs(page) == ["Ping", "QueryRoot", "Describe"]
    write_operation(page, "query Mine { authorization }")
    run(page, "Bearer second")
    assert_clean(page)


def test_prettify_orders_the_operation_and_keeps_its_comments(page: Page) -> None:
    write_operation(page, 'query Mine { # who\n  authorization, echo(text:"a") }')
    page.click('button[aria-label^="Prettify"]')
    page.wait_until(shows(QUERY, 'echo(text: "a")'))
    assert "# who" in page.text_of(f"{QUERY} .view-lines")
    assert_clean(page)


def test_the_schema_is_known_to_the_editor_the_explorer_and_the_documentation(page: Page) -> None:
    page.click('button[aria-label^="Show Documentation"]')
    page.wait_until(shows(".graphiql-plugin", "Query"))
    page.click('button[aria-label^="Show GraphiQL Explorer"]')
    page.wait_until(shows(".graphiql-plugin", "authorization"))
    write_operation(page, "query Mine { nothing }")
    page.wait_until(f"document.querySelector('{QUERY} .squiggly-error')")
    for worker in ("editor", "json", "graphql"):
        assert any(f"/assets/{worker}.worker-" in url for url in page.requests), worker
    assert_clean(page)
