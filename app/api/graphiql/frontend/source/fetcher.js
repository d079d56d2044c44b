/**
 * GraphiQL learns the name of the operation in the editor a moment after a tab is opened or its text changes; until
 * then it sends the name of the one before, which the service must refuse.
 */
function isNamed(query, operationName) {
  return new RegExp(`\\b(query|mutation|subscription)\\s+${operationName}\\b`).test(query);
}

/**
 * Sends operations by POST to one endpoint. What comes back without being GraphQL (a proxy's page, a service that is
 * starting) is shown as an error with the status in it instead of as a failure to parse.
 */
export function fetcherFor(endpoint) {
  return async ({ query, operationName, variables }, { headers } = {}) => {
    const name = operationName && isNamed(query, operationName) ? operationName : undefined;
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        Accept: 'application/graphql-response+json, application/json',
        'Content-Type': 'application/json',
        ...headers,
      },
      body: JSON.stringify({ query, operationName: name, variables }),
    });
    const text = await response.text();
    if (/^application\/(graphql-response\+)?json\b/.test(response.headers.get('Content-Type') ?? '')) {
      return JSON.parse(text);
    }
    return { errors: [{ message: `HTTP ${response.status}: ${text.slice(0, 1000)}` }] };
  };
}
