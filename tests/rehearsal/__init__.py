"""A Space rehearsed on this machine: the page of strangers behind a proxy with https, in a frame, without a home."""
