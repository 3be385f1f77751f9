"""What the page about sending email says helps, in the order in which people meet it."""

from __future__ import annotations

from blueprints.help.trouble import Trouble

SENDING_TROUBLES = (
    Trouble(
        "No mail server, or no address to send from",
        "Set MAIL_SERVER and MAIL_DEFAULT_SENDER, and restart. The address has to be in your own domain, and "
        "someone should read its mailbox: bounces and calendar replies arrive there.",
    ),
    Trouble(
        "The mail server could not be trusted: its certificate isn't valid",
        "MAIL_SERVER has to be the name in the certificate, not an IP address or another name of the same "
        "machine. If the certificate comes from your own authority, add that authority to the system's store "
        "(for example with update-ca-certificates), or start the server with SSL_CERT_FILE set to a file "
        "that contains it. If it has expired, renew it at the mail server. Checking it can't be turned off: "
        "passwords and invitations would go to anyone in between.",
    ),
    Trouble(
        "The mail server doesn't offer STARTTLS",
        "Port 587 usually needs MAIL_USE_TLS=true, and port 465 MAIL_USE_SSL=true with MAIL_USE_TLS=false. "
        "Emails are never sent unencrypted while either is on.",
    ),
    Trouble(
        "The mail server didn't accept MAIL_USERNAME and MAIL_PASSWORD",
        "Check both. Many providers want an app password here instead of the one people sign in with.",
    ),
    Trouble(
        "The mail server doesn't let us send as this address, or doesn't pass on our emails",
        "MAIL_DEFAULT_SENDER has to be an address that the account may send from, and most servers pass on "
        "emails only for accounts that signed in.",
    ),
    Trouble(
        "The mail server has reached its limit",
        "Nothing to do: emails are sent when it allows more. If it happens often, ask for a higher limit.",
    ),
    Trouble(
        "One recipient's address was refused",
        "Correct the address on the candidate's page, and everyone is invited again. If the address is "
        "right, choose Send again on the interview's page. Until then, further emails to it are on hold.",
    ),
)
