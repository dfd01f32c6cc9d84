"""What goes wrong with disks and databases, said so that an owner knows what to look at."""

import errno

_OF_FILES = {
    errno.EACCES: "Hier fehlt das Recht zu lesen oder zu schreiben",
    errno.EPERM: "Hier fehlt das Recht zu lesen oder zu schreiben",
    errno.EROFS: "Hier darf nicht geschrieben werden",
    errno.ENOSPC: "Die Platte ist voll",
    errno.EDQUOT: "Die Platte ist voll",
    errno.ENOTDIR: "Das ist kein Ordner",
    errno.EIO: "Die Platte ist nicht zu lesen; bitte sichern Sie, was noch zu sichern ist",
}
_OF_DATABASES = {  # SQLite's and PostgreSQL's words
    "disk is full": "Die Platte ist voll. Bitte schaffen Sie Platz.",
    "No space left": "Die Platte ist voll. Bitte schaffen Sie Platz.",
    "readonly database": "In die Datenbank darf hier nicht geschrieben werden. Wem gehört der Datenordner?",
    "unable to open": "Die Datenbank lässt sich nicht öffnen. Wem gehört der Datenordner?",
    "not a database": "Die Datei shop.db ist keine Datenbank. Bitte eine Sicherung zurückspielen.",
    "malformed": "Die Datenbank ist beschädigt. Bitte eine Sicherung zurückspielen.",
    "is locked": "Die Datenbank ist gerade beschäftigt. Bitte versuchen Sie es gleich noch einmal.",
    "connection failed": "Der Datenbankserver ist nicht zu erreichen. Stimmt die Einstellung database_url?",
}


def kinds() -> tuple[type[Exception], ...]:
    """The errors that may be such a mishap."""
    from sqlalchemy.exc import DatabaseError

    return OSError, DatabaseError


def sentence(error: Exception) -> str:
    """What happened, for people; "" for an error that is none of these mishaps."""
    if isinstance(error, OSError):
        why = _OF_FILES.get(error.errno or 0, "")
        return f"{why}: {error.filename or 'im Datenordner'}" if why else ""
    said = str(error)
    return next((known for words, known in _OF_DATABASES.items() if words in said), "")
