// The QR code on a printed voucher carries the code behind the #, where no server reads it: put it into the field.
const field = document.getElementById("gutschein");
const code = decodeURIComponent(location.hash.slice(1));
if (field && /^[0-9A-Z-]{12,16}$/.test(code)) {
  field.value = code;
  field.focus();
  history.replaceState(null, "", location.pathname);
}
