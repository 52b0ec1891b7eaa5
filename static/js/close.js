// Closes the window that was opened to sign in again, where the browser lets it.

if (window.opener) window.close();
