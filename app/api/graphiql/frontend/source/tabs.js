import { authorized } from './token.js';

// Where GraphiQL keeps its tabs between visits.
const STORED = 'graphiql:tabState';

/** The operations that a first visit finds: one tab for each entry of examples.json. */
export async function exampleTabs(token) {
  const response = await fetch(new URL('../examples.json', import.meta.url));
  if (!response.ok) throw new Error(`examples.json: HTTP ${response.status}`);
  const examples = await response.json();
  return examples.map(({ title, query, variables }) => ({
    query: title ? `# ${title}\n\n${query}` : query,
    variables: variables ? JSON.stringify(variables, null, 2) : null,
    headers: authorized(null, token),
  }));
}

/** The tabs of earlier visits, or null at the first one. A new token takes the place of the one they were left with. */
function keptTabs(storage, token) {
  try {
    const kept = JSON.parse(storage.getItem(STORED));
    if (kept === null) return null;
    for (const tab of kept.tabs) tab.headers = authorized(tab.headers, token);
    storage.setItem(STORED, JSON.stringify(kept));
    return kept;
  } catch (error) {
    // Not written by this GraphiQL, which will itself begin anew.
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}

/**
 * The tab that is open at first. GraphiQL must be told its contents: by itself it shows the first example without
 * its variables, and takes a tab whose headers have changed for a new one.
 */
export function openTab(storage, token, examples) {
  const kept = keptTabs(storage, token);
  return kept?.tabs[kept.activeTabIndex] ?? examples[0];
}
