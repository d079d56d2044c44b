"""How much one call may ask for. The defaults are the contract; a caller can be given others."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Characters of texts, items of lists, pairs of an allocation; beyond: LIMIT_EXCEEDED.

    Texts can be given less than the default, not more: that is what their columns hold.
    """

    text: int = 255
    description: int = 1000
    reason_code: int = 40
    currency: int = 3
    accounts: int = 1000
    invoices: int = 1000
    lines: int = 1000
    tax_items: int = 1000
    targets: int = 1000
    pairs: int = 15_000
    source_pairs: int = 200_000
    open_documents: int = 2_000
    open_documents_in_a_job: int = 10_000
    entity_data: int = 1000
    number_prefix: int = 32
    accounting_code: int = 40
    transferred_memos: int = 10_000
    url: int = 2000
    direct_credit_memos: int = 50
    invoice_write_offs: int = 50
    job_inputs: int = 10_000
    job_items: int = 1_000_000
    atomic_items: int = 1_000
    metadata_keys: int = 50
    metadata_bytes: int = 8 * 1024

    def in_a_job(self) -> "Limits":
        """Nobody waits for a job's answer: any allocation may be as long as one that goes to its source lines, and an
        account may have more open memos and invoices to match.
        """
        return replace(
            self,
            pairs=max(self.pairs, self.source_pairs),
            open_documents=max(self.open_documents, self.open_documents_in_a_job),
        )


DEFAULT_LIMITS = Limits()
