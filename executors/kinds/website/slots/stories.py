"""Articles, case studies, positions and releases as plain data for templates: in order, dates in words."""

from typing import Any

from executors.kinds.website.inputs import Website
from executors.kinds.website.slots.letter import mailto
from executors.kinds.website.slots.show import Show, day
from executors.protocol.content import Post
from executors.protocol.content.stories import Job

_APPLICATION = {"de": "Bewerbung", "en": "Application"}


def slots(inputs: Website, show: Show) -> dict[str, Any]:
    """Return `posts`, the newest first, `case_studies`, `careers` and `changelog`."""
    given = inputs.content
    return {
        "posts": [_post(post, show, inputs.language) for post in _newest_first(given.blog)],
        "case_studies": [
            {**one.model_dump(exclude={"image"}), "image": show(one.image)} for one in given.case_studies
        ],
        "careers": [_position(job, inputs) for job in given.careers],
        "changelog": [
            {**one.model_dump(), "date": one.date.isoformat(), "day": day(one.date, inputs.language)}
            for one in sorted(given.changelog, key=lambda one: one.date, reverse=True)
        ],
    }


def _newest_first(posts: list[Post]) -> list[Post]:
    """Posts by date, the newest first, then by slug, so that the order never depends on the briefing's."""
    return sorted(sorted(posts, key=lambda post: post.slug), key=lambda post: post.date, reverse=True)


def _post(post: Post, show: Show, language: str) -> dict[str, Any]:
    """A post with its date as data and in words."""
    return {
        **post.model_dump(exclude={"image"}),
        "date": post.date.isoformat(),
        "day": day(post.date, language),
        "image": show(post.image),
    }


def _position(job: Job, inputs: Website) -> dict[str, Any]:
    """A position with the prepared e-mail that applies for it."""
    subject = f"{_APPLICATION[inputs.language]}: {job.title}"
    return {
        **job.model_dump(),
        "posted": job.posted and job.posted.isoformat(),
        "letter": mailto(inputs.contact.email, subject, []),
    }
