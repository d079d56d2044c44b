"""Mutations of what an entity says of itself and keeps for all its documents, and of who may do what in it."""

from app.api.mutation_field import mutation_row
from app.api.payloads import (
    acting_entity,
    outcome_count,
    outcome_id,
    outcome_many,
    outcome_one,
    outcome_roles,
    outcome_secret,
)
from app.domain.vocabulary import Operation

ROWS_OF_ENTITY = (
    mutation_row(
        Operation.UPDATE_ENTITY_SETTINGS,
        "EntitySettingsUpdated",
        "The settings hold from now on.",
        entity=acting_entity(),
    ),
    mutation_row(
        Operation.UPSERT_REASON_CODES,
        "ReasonCodesUpserted",
        "The reason codes are the entity's.",
        reason_codes=outcome_many("reason_codes", "ReasonCode", "The reason codes, in input order."),
        entity=acting_entity(),
    ),
    mutation_row(
        Operation.UPSERT_TEMPLATES,
        "TemplatesUpserted",
        "The templates are the entity's.",
        templates=outcome_many("templates", "Template", "The templates, in input order."),
        entity=acting_entity(),
    ),
    mutation_row(
        Operation.UPDATE_NUMBER_SEQUENCES,
        "NumberSequencesUpdated",
        "Documents are numbered so from now on.",
        entity=acting_entity(),
    ),
    mutation_row(
        Operation.UPDATE_ACCOUNTING_CODES,
        "AccountingCodesUpdated",
        "Journal entries have these codes from now on.",
        entity=acting_entity(),
    ),
    mutation_row(
        Operation.MARK_JOURNAL_TRANSFERRED,
        "JournalTransferred",
        "Accounting has these entries.",
        through=outcome_count("through", "Log number of the last command whose entries accounting has."),
        credit_memos=outcome_many(
            "credit_memos", "CreditMemo", "The memos that entries confirmed here are of, as they are now."
        ),
    ),
    mutation_row(
        Operation.UPSERT_TAX_RATES,
        "TaxRatesUpserted",
        "The rates are the entity's.",
        tax_rates=outcome_many("tax_rates", "TaxRate", "The rates, in input order."),
        entity=acting_entity(),
    ),
    mutation_row(
        Operation.CONFIGURE_TAX_ENGINE,
        "TaxEngineConfigured",
        "Tax is calculated so from now on.",
        entity=acting_entity(),
    ),
)

ROWS_OF_ACCESS = (
    mutation_row(
        Operation.CREATE_API_KEY,
        "ApiKeyCreated",
        "The key is good from now on.",
        credential=outcome_one("credential", "Credential", "What is known of the key."),
        secret=outcome_secret(
            "The key itself: send it as a bearer token. Nobody can show it again: null where `replayed`, and in"
            " a dry run."
        ),
    ),
    mutation_row(
        Operation.CREATE_OAUTH_CLIENT,
        "OAuthClientCreated",
        "The client is good from now on.",
        credential=outcome_one("credential", "Credential", "What is known of the client."),
        client_id=outcome_id("credential", "What the client calls itself."),
        client_secret=outcome_secret(
            "What it shows for a token. Nobody can show it again: null where `replayed`, and in a dry run."
        ),
    ),
    mutation_row(
        Operation.REPLACE_CREDENTIAL_SECRET,
        "CredentialSecretReplaced",
        "The new secret is good from now on, the old one for seconds at most.",
        credential=outcome_one("credential", "Credential", "What is known of the credential."),
        secret=outcome_secret(
            "The new API key, or the client's new secret. Nobody can show it again: null where `replayed`, and"
            " in a dry run."
        ),
    ),
    mutation_row(
        Operation.UPDATE_CREDENTIAL_ROLES,
        "CredentialRolesUpdated",
        "The credential has these roles here.",
        grant=outcome_one("grant", "Grant", "Its roles here, as they are now."),
    ),
    mutation_row(
        Operation.REVOKE_CREDENTIAL,
        "CredentialRevoked",
        "The credential is good for nothing here, in seconds at most.",
        grant=outcome_one("grant", "Grant", "Its roles here, as they are now."),
    ),
    mutation_row(
        Operation.UPSERT_ROLES,
        "RolesUpserted",
        "The roles allow this, in seconds at most.",
        roles=outcome_roles("The roles, in input order."),
    ),
)
