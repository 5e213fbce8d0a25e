"""The label contract (LABELS.md) as ordered lists. The order here is the order of the model's outputs."""

INTENTS = [
    "outage", "bug", "how_to", "account_access", "account_change", "billing_dispute", "billing_question",
    "payment_failure", "refund", "cancellation", "sales", "delivery", "service_complaint", "security",
    "legal_privacy", "request", "feature_request", "praise", "other",
]
SENTIMENTS = ["-2", "-1", "0", "1", "2"]
EMOTIONS = ["anger", "frustration", "disappointment", "confusion", "worry", "gratitude"]
URGENCIES = ["0", "1", "2", "3"]
PRIORITIES = ["low", "high", "critical"]
TRIGGERS = [
    "churn", "outrage", "disappointment", "legal_threat", "manager_request", "repeat_contact", "business_impact", "vulnerable",
]
TRIGGER_TAGS = ["O", *TRIGGERS]
# Only these are told apart; every other language is `other`. Support messages in English are what the other heads know.
LANGUAGES = ["en", "de", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv", "tr", "uk", "hi", "ar", "ja", "ko", "zh", "other"]

# output name -> (kind, labels)
HEADS = {
    "intent": ("single", INTENTS),
    "sentiment": ("single", SENTIMENTS),
    "emotions": ("multi", EMOTIONS),
    "urgency": ("single", URGENCIES),
    "priority": ("single", PRIORITIES),
    "language": ("single", LANGUAGES),
}

# Data classes that may train the shipped weights; NC, ? and "eval only" never do (SETS.md).
TRAINABLE_LICENCES = {"OK", "OK*", "SA"}
