// What a reader is told where a security key was not used: the browser itself says it to nobody.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.getElementById("security-key-problem").textContent =
    event.detail.exception.name === "InvalidStateError"
      ? "This key is set up already. Use another."
      : "The key was not used: it was not touched in time, or it is not one of yours. Try again.";
});
