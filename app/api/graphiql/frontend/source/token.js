/**
 * The development server prints a link to this page that ends in `#token=…`, and may name an entity: `&entity=…`. A
 * fragment never reaches a server or its log; here it becomes headers in the headers editor and leaves the address bar.
 */

function parts(location) {
  return new URLSearchParams(location.hash.slice(1));
}

/** The headers of the link that the page was opened with, taken out of the address bar; null where there is no token. */
export function takeHeaders(location, history) {
  const token = parts(location).get('token');
  const entity = parts(location).get('entity');
  if (token === null) return null;
  history.replaceState(null, '', location.pathname + location.search);
  return { Authorization: `Bearer ${token}`, ...(entity && { 'X-Entity-Id': entity }) };
}

/** The text of a headers editor with the link's headers in it, or as it is where there are none. */
export function withHeaders(text, given) {
  if (given === null) return text;
  let others = {};
  try {
    others = JSON.parse(text || '{}');
  } catch (error) {
    // Half-typed headers of an earlier visit: nothing to keep beside the new ones.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return JSON.stringify({ ...others, ...given }, null, 2);
}

/** A link followed while the page is open changes only the fragment: load the page again to take the token. */
export function watchForToken(window) {
  window.addEventListener('hashchange', () => {
    if (parts(window.location).has('token')) window.location.reload();
  });
}
