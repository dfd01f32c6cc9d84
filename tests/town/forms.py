"""What a page's form would send by itself."""

import re
from html import unescape


def hidden_fields(page: str, beside: str) -> dict[str, str]:
    """All hidden fields of the form that has one of this name, as a browser sends them."""
    form = next(each for each in page.split("<form")[1:] if f'name="{beside}"' in each.partition("</form>")[0])
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form.partition("</form>")[0])
    return {name: unescape(value) for name, value in fields}
