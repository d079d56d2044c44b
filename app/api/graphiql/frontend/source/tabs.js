import { withHeaders } from './token.js';

// Where GraphiQL keeps its tabs between visits.
const STORED = 'graphiql:tabState';

/**
 * The operations that a first visit finds: one tab for each entry of examples.json. `send` asks the service, for the
 * ids that an example needs.
 */
export async function exampleTabs(given, send) {
  const response = await fetch(new URL('../examples.json', import.meta.url));
  if (!response.ok) throw new Error(`examples.json: HTTP ${response.status}`);
  const examples = await response.json();
  return Promise.all(
    examples.map(async ({ title, query, variables, ids }) => ({
      query: title ? `# ${title}\n\n${query}` : query,
      variables: variables ? await withIds(JSON.stringify(variables, null, 2), ids ?? {}, given, send) : null,
      headers: withHeaders(null, given),
    })),
  );
}

/**
 * Ids differ from one database to the next. `ids` says for each name in the variables which query finds what it stands
 * for, and where in the answer; a name stays where the books have no such document.
 */
async function withIds(text, ids, given, send) {
  if (given === null) return text;
  for (const [name, { query, path }] of Object.entries(ids)) {
    const { data } = await send({ query }, { headers: given });
    const id = path.reduce((value, key) => value?.[key], data);
    if (typeof id === 'string') text = text.replaceAll(JSON.stringify(name), JSON.stringify(id));
  }
  return text;
}

/** The tabs of earlier visits, or null at the first one. New headers take the place of those they were left with. */
function keptTabs(storage, given) {
  try {
    const kept = JSON.parse(storage.getItem(STORED));
    if (kept === null) return null;
    for (const tab of kept.tabs) tab.headers = withHeaders(tab.headers, given);
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
export function openTab(storage, given, examples) {
  const kept = keptTabs(storage, given);
  return kept?.tabs[kept.activeTabIndex] ?? examples[0];
}
