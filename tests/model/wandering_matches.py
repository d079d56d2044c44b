"""Random calls that let open credit find what is owed."""

from tests.model.books import Books
from tests.model.dice import Command, Dice

RULES = ("MATCH_REFERENCE", "MATCH_BALANCE", "OLDEST_DUE", "HIGHEST_BALANCE")


class MatchDice(Dice):
    def matching(self, books: Books) -> Command:
        """Of one account, mostly by the default rules and over all that it has."""
        account = self.account(books)
        command: Command = {"account": {"id": account}}
        if self.chance(0.5):
            command["rules"] = self.random.sample(RULES, self.random.randint(1, len(RULES)))
        if self.chance(0.3):
            command["precedence"] = "EXPIRING_FIRST"
        if self.chance(0.2):
            command["currency"] = self.random.choice(["USD", "EUR", "JPY"])
        if self.chance(0.2):
            memos = [each for each in books.memos.values() if each.account == account]
            able = [each.handle for each in memos if each.status == "POSTED"]
            command["creditMemos"] = self._some(able)
        if self.chance(0.2):
            invoices = [each for each in books.invoices.values() if each.account == account]
            able = [each.handle for each in invoices if each.status == "POSTED"]
            command["invoices"] = self._some(able)
        if self.chance(0.2):
            command["allocation"] = self.random.choice(
                ["PROPORTIONAL", "SOURCE_LINE", "OLDEST_SERVICE_FIRST"]
            )
        return command

    def _some(self, handles: list[str]) -> list[Command]:
        chosen = self.random.sample(handles, self.random.randint(0, len(handles))) if handles else []
        return [{"id": handle} for handle in chosen or ["nothing~1"]]
