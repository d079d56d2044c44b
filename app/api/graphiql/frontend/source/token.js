/**
 * The development server prints a link to this page that ends in `#token=…`. A fragment never reaches a server or
 * its log; here it becomes an Authorization header in the headers editor and leaves the address bar.
 */

function tokenOf(location) {
  return new URLSearchParams(location.hash.slice(1)).get('token');
}

/** The token that the page was opened with, taken out of the address bar; null where there is none. */
export function takeToken(location, history) {
  const token = tokenOf(location);
  if (token !== null) history.replaceState(null, '', location.pathname + location.search);
  return token;
}

/** The text of a headers editor with its Authorization replaced, or as it is where there is no token. */
export function authorized(headers, token) {
  if (token === null) return headers;
  let others = {};
  try {
    others = JSON.parse(headers || '{}');
  } catch (error) {
    // Half-typed headers of an earlier visit: nothing to keep beside the new token.
    if (!(error instanceof SyntaxError)) throw error;
  }
  return JSON.stringify({ ...others, Authorization: `Bearer ${token}` }, null, 2);
}

/** A link followed while the page is open changes only the fragment: load the page again to take the token. */
export function watchForToken(window) {
  window.addEventListener('hashchange', () => {
    if (tokenOf(window.location) !== null) window.location.reload();
  });
}
