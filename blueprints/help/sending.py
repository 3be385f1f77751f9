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
        "The mail server didn't let this server's app sign in (MAIL_AUTH=oauth)",
        "The app needs a permission to send email that an administrator has granted, has to be known to the "
        "mail service, and has to be allowed to use the mailbox in MAIL_USERNAME. A change there can take an "
        "hour to work, and this server tries again on its own.",
    ),
    Trouble(
        "The mail server has authenticated SMTP turned off",
        "An administrator of the mail service has to turn it on for the mailbox in MAIL_USERNAME, which is "
        "enough even where it is off for everyone else.",
    ),
    Trouble(
        "The client secret isn't accepted, or has expired",
        "Make a new client secret for the app, set MAIL_OAUTH_CLIENT_SECRET to its value (not to its ID), "
        "and restart. Emails that waited go out on their own.",
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
        "It may have left. Send again?",
        "Someone's own mailbox was asked to send this email, and its answer was lost. Unlike a mail server, "
        "it can't be asked again without a second copy. Look into that person's Sent folder, and choose Send "
        "again only if the email isn't there.",
    ),
    Trouble(
        "One recipient's address was refused",
        "Correct the address on the candidate's page, and everyone is invited again. If the address is "
        "right, choose Send again on the interview's page. Until then, further emails to it are on hold.",
    ),
)
