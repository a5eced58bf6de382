"""What a firm says about itself, typed and bounded: the parts that a briefing and a website share.

Every list has a count and every text a length. Nothing here is markup: the words are shown as they are, a
blank line begins a paragraph. `whole` has all slots in one record; `firm`, `offers`, `place`, `shop` and
`stories` are their parts, `legal` what the law wants to be said, `part` what all are made of.
"""

from executors.protocol.content.firm import About, Member, Question, Service, Testimonial
from executors.protocol.content.legal import Address, Contact, Legal
from executors.protocol.content.part import Fact, Icon, Image, Link, Part, Point
from executors.protocol.content.stories import Post
from executors.protocol.content.whole import Content, images

__all__ = [
    "About", "Address", "Contact", "Content", "Fact", "Icon", "Image", "Legal", "Link", "Member", "Part", "Point",
    "Post", "Question", "Service", "Testimonial", "images",
]  # fmt: skip
