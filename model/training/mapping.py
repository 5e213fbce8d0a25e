"""Public labels onto ours. mapping.json gives the first reading; the table below corrects it after the guide gained `request`.

A target is the SET of labels that a row may have: "transfer money" is `request`, "I want a spare card" may be `request` or
`sales`. The loss only asks that the probability falls inside the set, so a vague source never teaches a wrong border.
"""

import json
from pathlib import Path

from .corpus import Row
from .labels import EMOTIONS, INTENTS, SENTIMENTS

STRONG, WEAK = 0.6, 0.25

_BANKING = {
    "request": "cancel_transfer",
    "request|sales|how_to": "getting_spare_card order_physical_card get_physical_card",
    "how_to|delivery|request": "card_delivery_estimate",
    "security|billing_dispute": "card_payment_not_recognised cash_withdrawal_not_recognised direct_debit_payment_not_recognised",
    "cancellation|account_change": "terminate_account",
    "account_access|how_to|bug": "unable_to_verify_identity",
    "bug|account_access|request": "card_swallowed",
    "how_to|request": "activate_my_card verify_my_identity get_disposable_virtual_card getting_virtual_card",
    "how_to|billing_question": "transfer_timing",
}
_CLINC = {
    "request": """transfer balance transactions pay_bill bill_balance pto_balance pto_request pto_request_status pto_used payday
        rewards_balance spending_history credit_score income w2 restaurant_reservation schedule_maintenance order_checks
        travel_notification flight_status confirm_reservation""",
    "request|account_change": "damaged_card insurance_change credit_limit_change",
    "request|how_to": "application_status routing direct_deposit insurance vaccines travel_alert schedule_meeting taxes",
    "request|billing_question": "bill_due min_payment credit_limit",
    "request|delivery": "order_status",
    "delivery|how_to|request": "replacement_card_duration",
    "request|security": "freeze_account",
    "request|sales": "car_rental book_flight book_hotel order new_card uber",
    "request|cancellation": "cancel_reservation",
    "other": """maybe no yes repeat goodbye greeting are_you_a_bot what_are_your_hobbies tell_joke fun_fact meaning_of_life
        do_you_have_pets how_old_are_you where_are_you_from who_made_you who_do_you_work_for what_is_your_name roll_dice
        flip_coin oos user_name""",
    "request|other": """time definition gas timezone restaurant_suggestion what_song next_song recipe calories
        measurement_conversion traffic timer calculator restaurant_reviews ingredients_list translate directions mpg
        meal_suggestion play_music tire_pressure alarm spelling nutrition_info weather date""",
}
_NATCS = {
    "request": """FileClaim ExternalWireTransfer MakeTransfer ReportAutomobileAccident MakeCreditCardPayment PayLoan PayBill
        InternalFundsTransfer AskConsumerPriceIndex GetDebtIncomeRatio GetTreasuryBondYield CheckTransactionHistory CancelCheck
        NetIncome GetStockQuote RequestEmail AskLiquidityRatio GetInvestmentReport GetBankStatement ScheduleAppointment
        GetCreditReport GetPolicyNumber RequestProofOfInsurance CheckLoanBalance CheckAccountBalance CheckCreditCardBalance
        GetLoanInfo GetCreditCardInfo CheckPaymentStatus GetExchangeRate""",
    "request|how_to": "FindAgent FindATM FindBranch GetBranchHours SetUpOnlineBanking SetAutoPayment AskAboutCashDeposits",
    "request|sales": "OrderCheck PurchaseStocks CreateAccount",
    "request|account_change": "RequestNewCard",
    "cancellation|account_change|request": "CancelAutomaticBilling",
    "billing_question|request": "GetWithdrawalLimit",
    "how_to|billing_question": "AskAboutTransferTime",
}
_MULTIDOGO = {
    "request": """checkclaimstatus expensereport transfermoney providereceipt checkbalance getboardingpass
        getproofofinsurance getseatinfo getroutingnumber checkoffereligibility""",
    "request|account_change": "changeseatassignment transferserviceintent replacecard changeorder",
    "request|sales": "bookflight orderchecks",
    "request|billing_question": "viewbillsintent",
    "sales": "startorder orderdrinkintent orderburgerintent orderdessertintent orderpizzaintent ordersideintent "
             "ordersaladintent orderbreakfastintent startserviceintent",
    "other|request": "contentonly",
    "other": "confirmation rejection openinggreeting closinggreeting",
    "praise|other": "thankyou",
    "how_to|bug|request": "softwareupdate",
    "outage|request|how_to": "checkserverstatus",
}
_NLUPP = {
    "request": "booking appointment spa housekeeping room_service",
    "praise|other": "thank",
    "other": "greet acknowledge affirm deny end_call dont_know",
}
_BITEXT = {
    "request|billing_question": "check_invoice get_invoice",
    "request|delivery": "track_order",
    "delivery|how_to|request": "delivery_period",
    "how_to|request": "contact_customer_service contact_human_agent delivery_options check_payment_methods",
    "account_change|request": "newsletter_subscription change_order",
    "account_change|cancellation": "delete_account",
    "refund|how_to": "check_refund_policy",
    "account_access|bug|how_to": "registration_problems",
    "service_complaint": "complaint",
}
_HWU = {
    "other": "general_joke general_quirky general_repeat general_confirm general_affirm general_negate general_dontcare",
    "praise|other": "general_praise",
}
# The topics of a lemmatised help-desk dump say little; they only rule labels out.
_IT = {
    "account_access|request|how_to": "Access",
    "request|account_access": "Administrative rights",
    "bug|request|outage|how_to": "Hardware",
    "bug|request|how_to|account_access": "Storage",
    "sales|request": "Purchase",
}
_CHURN = {"cancellation|service_complaint|sales": "1"}

_CORRECTED = {
    "banking77": ("intent", _BANKING), "clinc150": ("intent", _CLINC), "dstc11_natcs": ("intent", _NATCS),
    "multidogo": ("intents", _MULTIDOGO), "nlupp": ("intents", _NLUPP), "bitext_support": ("intent", _BITEXT),
    "hwu64": ("intent", _HWU), "it_tickets": ("topic", _IT), "churn_chatbot": ("churn", _CHURN),
    "cfpb": ("issue", {}),
}
# A public set also serves as an auxiliary task with its own labels; these heads are dropped at export.
AUXILIARY = {
    "banking77": "intent", "clinc150": "intent", "hwu64": "intent", "dstc11_natcs": "intent", "bitext_support": "intent",
    "multidogo": "intents", "nlupp": "intents", "goemotions": "emotions", "it_tickets": "topic", "cfpb": "product",
}
_POSITIVE, _NEGATIVE, _NEUTRAL = {"1", "2"}, {"-1", "-2"}, {"0"}
_WEAK_EMOTIONS = {"annoyance": "frustration", "sadness": "disappointment"}


class Mapping:
    def __init__(self, path: Path):
        self.table = json.loads(path.read_text(encoding="utf-8"))
        self.corrected = {
            name: (field, {label: set(intents.split("|")) for intents, labels in groups.items() for label in _names(labels)})
            for name, (field, groups) in _CORRECTED.items()
        }

    def targets(self, row: Row) -> dict[str, tuple[list[float], float]]:
        """head -> (membership per label, weight). For emotions, membership -1 means: not known, no loss."""
        found: dict[str, tuple[list[float], float]] = {}
        intent = self._intent(row)
        if intent:
            allowed, weight = intent
            found["intent"] = ([float(name in allowed) for name in INTENTS], weight)
        sentiment = self._sentiment(row)
        if sentiment:
            allowed, weight = sentiment
            found["sentiment"] = ([float(name in allowed) for name in SENTIMENTS], weight)
        emotions = self._emotions(row)
        if emotions:
            found["emotions"] = (emotions, 0.5)
        return found

    def _intent(self, row: Row) -> tuple[set[str], float] | None:
        if row.source not in self.corrected:
            return None
        field, corrections = self.corrected[row.source]
        value = row.labels.get(field)
        values = [str(v) for v in value] if isinstance(value, list) else [str(value)]
        table = self.table.get(row.source, {}).get(field, {})
        sets, weight = [], STRONG
        for name in values:
            if name in corrections:
                sets.append(corrections[name])
            elif name in table and "intent" in table[name]:
                sets.append({table[name]["intent"]})
                weight = STRONG if table[name].get("strength") == "s" else WEAK
        sub = self.table.get(row.source, {}).get("sub_issue", {}).get(str(row.labels.get("sub_issue")))
        if sub and "intent" in sub:
            sets = [{sub["intent"]}]
        if not sets:
            return None
        allowed = set.intersection(*sets) or set.union(*sets)
        if row.source in ("it_tickets", "churn_chatbot"):
            weight = WEAK
        return allowed, weight

    def _sentiment(self, row: Row) -> tuple[set[str], float] | None:
        if row.source == "vader_valence" and row.labels.get("kind") == "tweet":
            value = row.labels["valence"]
            level = -2 if value <= -2 else -1 if value <= -0.5 else 0 if value < 0.5 else 1 if value < 2 else 2
            # Raters' means pull towards the middle, so the neighbour on the outer side stays possible.
            outer = {-1: {"-1", "-2"}, 1: {"1", "2"}}.get(level, {str(level)})
            return outer, STRONG
        if row.source in ("goemotions", "brighter_emotions"):
            table = self.table[row.source]["emotions"]
            signs = {table[name]["sentiment"] for name in row.labels["emotions"] if "sentiment" in table.get(name, {})}
            if len(signs) == 1:
                return {"positive": _POSITIVE, "negative": _NEGATIVE, "neutral": _NEUTRAL}[signs.pop()], WEAK
        return None

    def _emotions(self, row: Row) -> list[float] | None:
        if row.source not in ("goemotions", "brighter_emotions"):
            return None
        table = self.table[row.source]["emotions"]
        names = set(row.labels["emotions"])
        held = {ours for name in names for ours in table.get(name, {}).get("emotions", [])}
        unsure = {ours for theirs, ours in _WEAK_EMOTIONS.items() if theirs in names}
        unknown = {"frustration"} | ({"confusion", "gratitude", "disappointment"} if row.source == "brighter_emotions" else set())
        return [
            1.0 if name in held and name not in unsure else -1.0 if name in unsure or name in unknown else 0.0
            for name in EMOTIONS
        ]


def _names(labels: str) -> list[str]:
    # Topic names of the help-desk dump contain spaces, so a group that is one known name stays whole.
    return [labels] if labels == "Administrative rights" else labels.split()
