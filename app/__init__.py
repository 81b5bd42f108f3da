"""What Tratteggio does: documents, verbs, jobs. No widgets; the headless verbs import no Qt at all."""
